export { isUpgrade, SOCKET_HEADERS, subprotocolToken } from "./connect";
export { redeemTicket } from "./redeem";
export { notificationRoutes } from "./routes";
export { changed, hears, noSubscription, type Topic, topicOf } from "./topics";
