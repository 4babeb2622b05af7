/** From a recording to its text, with the types that openapi-typescript makes of schema.yml. */
import { createHash, randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Transcript = components["schemas"]["Transcript"];
type Problem = components["schemas"]["Problem"];

const [baseUrl = "http://127.0.0.1:8000", recording = "docs/examples/hello.wav"] = process.argv.slice(2);
const clientWith = (key = "") => createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${key}` } });
const api = clientWith(process.env["API_KEY"]);

/** What a call gave, or an error that says what the service says. */
function expect<Data>(answer: { data?: Data; error?: Problem; response: Response }): Data {
  if (answer.data === undefined) {
    throw new Error(answer.error?.detail ?? answer.response.statusText);
  }
  return answer.data;
}

/** A form with a file of this name: texts as they are, everything structured as JSON. */
function form(fields: unknown, fileName: string): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields as object)) {
    if (value instanceof Blob) {
      data.append(name, value, fileName);
    } else {
      data.append(name, typeof value === "string" ? value : JSON.stringify(value));
    }
  }
  return data;
}

async function create(path: string): Promise<Transcript> {
  const file = new Blob([new Uint8Array(await readFile(path))]);
  return expect(
    await api.POST("/api/v1/transcripts/", {
      // Sent again under the same key, after a connection broke, it would still be one transcript.
      params: { header: { "Idempotency-Key": randomUUID(), Prefer: "wait=5" } },
      body: {
        // The types know no files: what is binary in OpenAPI is a string to them.
        file: file as unknown as string,
        title: "Hello from TypeScript",
        metadata: { case: 4711 },
        options: { punctuate: true },
      },
      bodySerializer: (fields) => form(fields, basename(path)),
    }),
  );
}

async function wait(transcript: Transcript): Promise<Transcript> {
  while (transcript.status !== "completed" && transcript.status !== "error") {
    await sleep(100);
    transcript = expect(
      await api.GET("/api/v1/transcripts/{transcript_id}/", {
        params: { path: { transcript_id: transcript.id }, header: { Prefer: "wait=30" } },
      }),
    );
  }
  return transcript;
}

async function read(id: string): Promise<{ text: string; words: string[] }> {
  const params = { path: { transcript_id: id } };
  const text = expect(await api.GET("/api/v1/transcripts/{transcript_id}/txt/", { params, parseAs: "text" }));
  const page = expect(await api.GET("/api/v1/transcripts/{transcript_id}/words/", { params }));
  return { text, words: page.results.map((word) => word.text) };
}

async function captions(id: string): Promise<string> {
  const params = { path: { transcript_id: id } };
  return expect(await api.GET("/api/v1/transcripts/{transcript_id}/srt/", { params, parseAs: "text" }));
}

/** The bytes of the whole file, or of the part that a Range names. */
async function audio(id: string, range?: string): Promise<Buffer> {
  const params = { path: { transcript_id: id }, header: { ...(range && { Range: range }) } };
  const path = "/api/v1/transcripts/{transcript_id}/audio/";
  return Buffer.from(expect(await api.GET(path, { params, parseAs: "arrayBuffer" })));
}

/** Change the title of the version that was seen, twice: by the second time it is another version. */
async function rename(id: string, title: string): Promise<{ renamed: string; late: string | undefined }> {
  const path = { transcript_id: id };
  const seen = await api.GET("/api/v1/transcripts/{transcript_id}/", { params: { path } });
  const params = { path, header: { "If-Match": seen.response.headers.get("ETag") ?? "" } };
  const change = () => api.PATCH("/api/v1/transcripts/{transcript_id}/", { params, body: { title } });
  const renamed = expect(await change()).title;
  return { renamed, late: (await change()).error?.type };
}

/** Ask under a key of its own what was used, and revoke it; that, its state, and what it is told then. */
async function useAnotherKey(): Promise<{ used: number; keyState: string; refused: string | undefined }> {
  // What may be left out, and is filled in for whoever does, is required in the types.
  const body = { name: "another", scope: "write", expires_in_days: 1 } as const;
  const made = expect(await api.POST("/api/v1/api-keys/", { body }));
  const other = clientWith(made.key);
  const used = expect(await other.GET("/api/v1/usage/")).storage.used_bytes;
  const params = { path: { key_id: made.id } };
  await api.DELETE("/api/v1/api-keys/{key_id}/", { params });
  const keyState = expect(await api.GET("/api/v1/api-keys/{key_id}/", { params })).state;
  return { used, keyState, refused: (await other.GET("/api/v1/usage/")).error?.type };
}

async function search(words: string): Promise<string[]> {
  const page = expect(await api.GET("/api/v1/transcripts/", { params: { query: { search: words } } }));
  return page.results.map((found) => found.id);
}

async function listAll(): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = expect(
      await api.GET("/api/v1/transcripts/", { params: { query: { limit: 100, ...(cursor && { cursor }) } } }),
    );
    ids.push(...page.results.map((transcript) => transcript.id));
    cursor = page.next ? (new URL(page.next).searchParams.get("cursor") ?? undefined) : undefined;
  } while (cursor);
  return ids;
}

async function remove(id: string): Promise<Problem | undefined> {
  const params = { path: { transcript_id: id } };
  await api.DELETE("/api/v1/transcripts/{transcript_id}/", { params });
  const gone = await api.GET("/api/v1/transcripts/{transcript_id}/", { params });
  return gone.error;
}

const transcript = await wait(await create(recording));
const { text, words } = await read(transcript.id);
const found = await search(`"${text}"`);
const { used, keyState, refused } = await useAnotherKey();
const { renamed, late } = await rename(transcript.id, "Renamed");
const report = {
  captions: await captions(transcript.id),
  audio: createHash("sha256").update(await audio(transcript.id)).digest("hex"),
  head: (await audio(transcript.id, "bytes=0-3")).toString(),
};
const listed = await listAll();
const problem = await remove(transcript.id);
console.log(
  JSON.stringify({
    id: transcript.id,
    status: transcript.status,
    title: transcript.title,
    file: transcript.file?.name,
    text,
    words,
    ...report,
    used,
    key_state: keyState,
    refused,
    renamed,
    late,
    found,
    listed,
    problem: problem?.type,
  }),
);
