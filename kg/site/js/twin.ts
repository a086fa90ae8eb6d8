// The page of a table or a tree, which needs nothing that draws.
import { start } from "./start";

start(null);
