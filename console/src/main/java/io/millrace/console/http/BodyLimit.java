package io.millrace.console.http;

/**
 * How long the body of a request may be.
 *
 * @param bytes longer ones are answered 413
 * @param setting that changes it
 */
public record BodyLimit(int bytes, String setting) {}
