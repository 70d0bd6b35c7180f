/**
 * The record batch, Kafka's on-disk and on-wire unit (message format version 2): reading and
 * changing its header in place ({@link io.millrace.log.batch.RecordBatchView}), iterating over its
 * records ({@link io.millrace.log.batch.RecordCursor}), and building one ({@link
 * io.millrace.log.batch.RecordBatchBuilder}).
 *
 * <p>In come buffers that the caller owns, from the network or a file; they are hostile until
 * checked. Out come header fields, views of records, and new batches.
 *
 * <p>Limits: a batch is one array, so 1 GiB at most (the log's configuration says less); its
 * decompressed form 64 MiB unless the cursor was made with another bound. Nothing is allocated by a
 * length or count that the input claims.
 *
 * <p>Cost: a check is one pass of CRC-32C (some 10 GB/s on a core with the instruction) and, for
 * uncompressed batches, a step per record; no object per batch but the CRC's own, none per record
 * except the views that a caller asks for.
 */
@NullMarked
package io.millrace.log.batch;

import org.jspecify.annotations.NullMarked;
