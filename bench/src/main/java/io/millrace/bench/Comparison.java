package io.millrace.bench;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What a benchmark showed of two contestants.
 *
 * @param ratio how many times better Millrace is: above 1 is better, whatever the unit
 * @param goalRatio how many times better it shall be
 * @param rounds how often each was measured
 */
public record Comparison(
    String name,
    String unit,
    Score peer,
    Score millrace,
    double ratio,
    @JsonProperty("goal_ratio") double goalRatio,
    int rounds) {

  /**
   * Runs the rounds: peer and Millrace in turn, and who goes first changes with each round, so that
   * neither always meets the machine warm. Each round has an empty folder of its own, deleted after
   * it.
   *
   * @param progress told of each round as it ends
   */
  static Comparison run(
      Benchmark benchmark,
      Contestant peer,
      Contestant millrace,
      int rounds,
      boolean quick,
      PrintStream progress)
      throws Exception {
    peer.prepare();
    millrace.prepare();
    List<Measurement> ofPeer = new ArrayList<>();
    List<Measurement> ofMillrace = new ArrayList<>();
    for (int round = 1; round <= rounds; round++) {
      boolean peerFirst = round % 2 == 1;
      for (boolean peersTurn : new boolean[] {peerFirst, !peerFirst}) {
        Contestant contestant = peersTurn ? peer : millrace;
        Measurement measured = measure(benchmark, contestant, quick);
        (peersTurn ? ofPeer : ofMillrace).add(measured);
        progress.printf(
            Locale.ROOT,
            "round %d of %d  %-14s %10.3f %s  %s%n",
            round,
            rounds,
            contestant.name(),
            measured.value(),
            benchmark.unit(),
            measured.details());
      }
    }
    Score peerScore = Score.of(peer, ofPeer);
    Score millraceScore = Score.of(millrace, ofMillrace);
    double ratio =
        benchmark.higherIsBetter()
            ? millraceScore.median() / peerScore.median()
            : peerScore.median() / millraceScore.median();
    return new Comparison(
        benchmark.name(),
        benchmark.unit(),
        peerScore,
        millraceScore,
        ratio,
        benchmark.goalRatio(),
        rounds);
  }

  private static Measurement measure(Benchmark benchmark, Contestant contestant, boolean quick)
      throws Exception {
    Path folder = Files.createTempDirectory("millrace-bench-");
    try {
      return benchmark.round(contestant, folder, quick);
    } finally {
      Folders.delete(folder);
    }
  }
}
