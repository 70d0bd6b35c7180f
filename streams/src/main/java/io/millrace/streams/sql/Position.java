package io.millrace.streams.sql;

import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/**
 * A place in a script.
 *
 * @param line from 1
 * @param column from 1, in UTF-16 units
 */
record Position(int line, int column) {

  /** The place in the script of a place in a fragment that begins here. */
  Position plus(SqlParserPos pos) {
    int fragmentLine = Math.max(pos.getLineNum(), 1);
    int fragmentColumn = Math.max(pos.getColumnNum(), 1);
    return new Position(
        line + fragmentLine - 1, fragmentLine == 1 ? column + fragmentColumn - 1 : fragmentColumn);
  }

  /** The place in the script of a node that was parsed from a fragment that begins here. */
  Position plus(SqlNode node) {
    return plus(node.getParserPosition());
  }
}
