package io.millrace.streams.sql;

import org.apache.calcite.sql.SqlNode;

/**
 * A query or expression as Calcite has parsed it.
 *
 * @param node the tree, with positions relative to the origin
 * @param origin where the parsed part begins in the script
 * @param text the part as it is written
 */
record Parsed(SqlNode node, Position origin, String text) {}
