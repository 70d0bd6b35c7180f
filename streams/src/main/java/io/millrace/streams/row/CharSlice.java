package io.millrace.streams.row;

/** A part of a char array as text, without a copy; reused for one text after another. */
public final class CharSlice implements CharSequence {

  private char[] chars = new char[0];
  private int offset;
  private int length;

  /** Stands for {@code length} chars of the array from {@code offset} on, until the next call. */
  public CharSlice of(char[] chars, int offset, int length) {
    this.chars = chars;
    this.offset = offset;
    this.length = length;
    return this;
  }

  @Override
  public int length() {
    return length;
  }

  @Override
  public char charAt(int index) {
    return chars[offset + index];
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    return new String(chars, offset + start, end - start);
  }

  @Override
  public String toString() {
    return new String(chars, offset, length);
  }
}
