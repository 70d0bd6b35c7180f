package io.millrace.schema.record;

import org.jspecify.annotations.Nullable;

/**
 * Settings of a subject, a context, or all.
 *
 * @param compatibility null to leave it to the next wider scope
 * @param normalize whether schemas are normalised when they are registered or looked up; null to
 *     leave it to the next wider scope
 */
public record SubjectConfig(
    @Nullable CompatibilityLevel compatibility, @Nullable Boolean normalize) {}
