import { STATE_SIZE, type State } from "./world";

/** Numbers states in the order in which they come, in typed arrays: there are millions, and objects for them would cost more than all else. */
export class StateTable {
  size = 0;
  private words: Int32Array;
  /** Open addressing; 0 is free, else number + 1. */
  private slots = new Int32Array(1 << 17);
  private readonly wanted: Int32Array;
  private readonly stateWords: number;

  /** @param bytes that tell states apart, a multiple of 4; the rest of a state is neither compared nor kept. */
  constructor(bytes = STATE_SIZE) {
    this.stateWords = bytes / 4;
    this.wanted = new Int32Array(this.stateWords);
    this.words = new Int32Array(this.stateWords << 16);
  }

  /** The state's number, which is `size` before the call if the state is new. */
  numberOf(state: State): number {
    const { wanted, words, slots, stateWords } = this;
    for (let word = 0, at = 0; word < stateWords; word++, at += 4)
      wanted[word] = state[at]! | (state[at + 1]! << 8) | (state[at + 2]! << 16) | (state[at + 3]! << 24);
    const mask = slots.length - 1;
    let slot = hash(wanted, 0, stateWords) & mask;
    for (; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const at = (slots[slot]! - 1) * stateWords;
      let word = 0;
      while (word < stateWords && words[at + word] === wanted[word]) word++;
      if (word === stateWords) return slots[slot]! - 1;
    }
    const number = this.size++;
    for (let word = 0, at = number * stateWords; word < stateWords; word++) words[at + word] = wanted[word]!;
    slots[slot] = number + 1;
    if (this.size * 2 === slots.length) this.grow();
    return number;
  }

  /** A copy. */
  stateOf(number: number): State {
    const state = new Uint8Array(STATE_SIZE);
    for (let word = 0, at = 0; word < this.stateWords; word++, at += 4) {
      const value = this.words[number * this.stateWords + word]!;
      state[at] = value;
      state[at + 1] = value >> 8;
      state[at + 2] = value >> 16;
      state[at + 3] = value >> 24;
    }
    return state;
  }

  private grow(): void {
    const words = new Int32Array(this.words.length * 2);
    words.set(this.words);
    this.words = words;
    this.slots = new Int32Array(this.slots.length * 2);
    const mask = this.slots.length - 1;
    for (let number = 0; number < this.size; number++) {
      let slot = hash(words, number * this.stateWords, this.stateWords) & mask;
      while (this.slots[slot] !== 0) slot = (slot + 1) & mask;
      this.slots[slot] = number + 1;
    }
  }
}

/** MurmurHash3 of a state's words. */
function hash(words: Int32Array, from: number, count: number): number {
  let mixed = 0;
  for (let word = 0; word < count; word++) {
    let next = Math.imul(words[from + word]!, 0xcc9e2d51);
    next = Math.imul((next << 15) | (next >>> 17), 0x1b873593);
    mixed ^= next;
    mixed = (Math.imul((mixed << 13) | (mixed >>> 19), 5) + 0xe6546b64) | 0;
  }
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}
