/** Runs one SQL script in Apache Flink over Nexmark's events, and prints what it used. */
package io.millrace.peers.flink;
