package io.millrace.bench;

import java.util.Map;

/**
 * What one round of one contestant gave.
 *
 * @param value the figure that is compared, in the benchmark's unit
 * @param cpuSeconds CPU that the server's process spent while the figure was taken
 * @param residentMebibytes its resident memory at the end of the round
 * @param details further figures by name and unit, such as {@code records/s}
 */
public record Measurement(
    double value, double cpuSeconds, double residentMebibytes, Map<String, Double> details) {}
