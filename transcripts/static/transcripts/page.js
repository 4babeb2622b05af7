// What the script adds to pages that work without it: uploads with a bar, states that move, copying, asking in place.

import { enhanceDeletion } from "./deletion.js";
import { followAll } from "./following.js";
import { enhance } from "./showing.js";
import { enhanceUploads } from "./uploading.js";

enhance(document);
followAll(document);
enhanceUploads();
enhanceDeletion();
