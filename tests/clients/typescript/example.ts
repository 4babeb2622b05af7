/** From a recording to its text, with the types that openapi-typescript makes of schema.yml. */
import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

import createClient from "openapi-fetch";

import type { components, paths } from "./schema.js";

type Transcript = components["schemas"]["Transcript"];
type Problem = components["schemas"]["Problem"];

const [baseUrl = "http://127.0.0.1:8000", recording = "docs/examples/hello.wav"] = process.argv.slice(2);
const api = createClient<paths>({ baseUrl, headers: { Authorization: `Bearer ${process.env["API_KEY"]}` } });

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
    found,
    listed,
    problem: problem?.type,
  }),
);
