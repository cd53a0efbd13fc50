export { type ChainEntry, entryHash, firstBroken, GENESIS, type HashText } from "./chain";
