package io.millrace.app.demo;

import io.millrace.app.node.NodeSettings;
import java.nio.file.Path;
import java.time.Duration;

/**
 * How the demo runs.
 *
 * @param example the folder with flights.csv.gz and board.sql
 * @param node with the board's route and view; its data folder must hold no board yet
 * @param lag of the watermark, whole minutes
 * @param replay how long the flights take to come; zero for as fast as they are acknowledged
 * @param viewers how many read the board meanwhile
 */
record DemoSettings(Path example, NodeSettings node, Duration lag, Duration replay, int viewers) {}
