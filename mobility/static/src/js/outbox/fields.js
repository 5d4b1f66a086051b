/**
 * Which field of a form holds the words that may be changed while they wait. Knows no browser.
 */

/** @type {Record<string, string>} */
const WORDS = { comment: "text", reply: "text", report: "note" };

/** @param {string} kind @returns {string|undefined} nothing for what has no words */
export const wordsField = (kind) => WORDS[kind];
