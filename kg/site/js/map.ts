// The page of a drawing.
import { draw } from "./drawing";
import { start } from "./start";

start(draw);
