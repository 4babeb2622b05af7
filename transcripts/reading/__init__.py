"""Reading what was said: words, sentences, captions and the provider's document, all from our own store."""
