/**
 * The configuration of a node: the keys of {@code millrace.yaml}, what each accepts and means, and
 * the reader.
 *
 * <p>In comes a file of a person; out goes a {@link io.millrace.app.config.Configuration}, in which
 * every key has a value of its type, or a {@link io.millrace.app.config.ConfigurationException}
 * that says in one sentence what to change, and where. {@link io.millrace.app.config.Keys} is the
 * one list: the reader, the command line and {@code docs/configuration.md} follow it.
 */
@NullMarked
package io.millrace.app.config;

import org.jspecify.annotations.NullMarked;
