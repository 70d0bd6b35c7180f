package io.millrace.log;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Room at the end of a segment's file, behind its last batch, as zeros: the block of the file in
 * which an append ends is written whole before it, unless it has been begun already.
 *
 * <p>A page cache that keeps files in runs of pages (large folios: XFS, ext4 since Linux 6.16)
 * makes a run as long as the write that asks for it and as its place in the file allow. Appends
 * begin and end anywhere, so that most of their runs would have one page; with room ahead each
 * block is one run. All that is done by run is done less often: finding or making it, reserving it,
 * writing it back, and handing it to a socket.
 *
 * <p>Only segments that are not small have it, so that many logs that get little hold no more than
 * that. It goes when the segment is closed. Confined to the segment's writer.
 */
final class TailRoom {

  /**
   * Size and alignment of a block. Runs up to 32 KiB are what the kernel takes from its short
   * lists; with those of 16 KiB it finds them however the memory is divided.
   */
  static final int BLOCK_BYTES = 16 * 1024;

  /** The size up to which a segment's file ends with its last batch. */
  static final int SMALL_SEGMENT_BYTES = 4 * BLOCK_BYTES;

  private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(BLOCK_BYTES).asReadOnlyBuffer();

  /** Where the room ends that was made last; batches may reach further. */
  private long end;

  /**
   * Makes room for what is about to be written.
   *
   * @param from where the batches end that are there
   * @param to where those will end that are to come
   * @throws IOException when the disk does not take it; the file may then have become longer
   */
  void make(Disk.DiskFile file, int from, long to) throws IOException {
    long block = to - to % BLOCK_BYTES;
    if (from >= SMALL_SEGMENT_BYTES
        && block >= Math.max(from, end)
        && block + BLOCK_BYTES <= Integer.MAX_VALUE) {
      file.write(ZEROS.duplicate(), block);
      end = block + BLOCK_BYTES;
    }
  }

  /** Whether the file is longer than its batches. */
  boolean isLeft(int batchesEnd) {
    return end > batchesEnd;
  }

  /** The file was cut to the end of its batches. */
  void gone() {
    end = 0;
  }
}
