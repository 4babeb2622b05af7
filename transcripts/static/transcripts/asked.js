// The options that the page offers, from the fields of a form to what the API takes. `asked.py` does the same.

const DETECT = "detect";

/** Return `title` and `options`; what was left as it is, is left out. */
export function askedFor(form) {
  const fields = form.elements;
  const options = {};
  for (const name of ["speaker_labels", "multichannel"]) if (fields[name].checked) options[name] = true;
  const language = fields.language.value;
  if (language === DETECT) options.language_detection = true;
  else if (language) options.language_code = language;
  const terms = fields.key_terms.value.split(/[\n,]/).map((term) => term.trim()).filter(Boolean);
  if (terms.length) options.keyterms_prompt = terms;
  const title = fields.title.value.trim();
  return { ...(title && { title }), ...(Object.keys(options).length && { options }) };
}
