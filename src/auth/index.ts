export { verifyAccessToken } from "./access-token";
export { authenticate, isOperator, operatorPrincipal } from "./authenticate";
export { rotateKeys } from "./keys";
export { type RefreshFamily, rotate } from "./refresh-token";
export { authRoutes } from "./routes";
export { deleteClients, insertClient } from "./store";
