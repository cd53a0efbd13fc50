export { advance, start } from "./advance";
export { planOf } from "./plan";
export { report } from "./report";
