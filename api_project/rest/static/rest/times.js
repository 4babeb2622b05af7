// For pages that need no other script.

import { showTimes } from "../project/times.js";

showTimes(document);
