package io.millrace.streams.operator;

/** An operator with one input and state. */
public interface StatefulStage extends Stage, StatefulOperator {}
