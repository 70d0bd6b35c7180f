package io.millrace.kafka.control;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.apache.kafka.common.message.UpdateFeaturesRequestData;
import org.apache.kafka.common.message.UpdateFeaturesRequestData.FeatureUpdateKey;
import org.apache.kafka.common.message.UpdateFeaturesResponseData;
import org.apache.kafka.common.message.UpdateFeaturesResponseData.UpdatableFeatureResult;
import org.apache.kafka.common.protocol.Errors;
import org.jspecify.annotations.Nullable;

/**
 * The features that clients look for, at the level that is in force (KIP-584), and the answer to
 * UpdateFeatures: a level comes with the program, so it can be asked for but not changed.
 */
final class Features {

  /**
   * The second level of transactions is KIP-890, the first one of groups KIP-848, that of share
   * groups KIP-932, that of streams groups KIP-1071.
   */
  static final Map<String, Short> LEVELS =
      new TreeMap<>(
          Map.of(
              "transaction.version",
              (short) 2,
              "group.version",
              (short) 1,
              "share.version",
              (short) 1,
              "streams.version",
              (short) 1));

  private static final short LAST_WITH_RESULTS = 1;

  private Features() {}

  static CompletionStage<UpdateFeaturesResponseData> update(
      UpdateFeaturesRequestData request, Caller caller) {
    UpdateFeaturesResponseData response = new UpdateFeaturesResponseData().setErrorMessage(null);
    for (FeatureUpdateKey asked : request.featureUpdates()) {
      String problem = problem(asked);
      Errors error = problem == null ? Errors.NONE : Errors.INVALID_UPDATE_VERSION;
      if (caller.version() <= LAST_WITH_RESULTS) {
        response
            .results()
            .add(
                new UpdatableFeatureResult()
                    .setFeature(asked.feature())
                    .setErrorCode(error.code())
                    .setErrorMessage(problem));
      } else if (problem != null) {
        response.setErrorCode(error.code()).setErrorMessage(problem);
      }
    }
    return CompletableFuture.completedFuture(response);
  }

  private static @Nullable String problem(FeatureUpdateKey asked) {
    Short level = LEVELS.get(asked.feature());
    String change =
        "Invalid update version " + asked.maxVersionLevel() + " for feature " + asked.feature();
    if (level == null) {
      return change + ". This node does not have this feature; it has " + LEVELS.keySet() + ".";
    }
    return asked.maxVersionLevel() == level
        ? null
        : change + ". It is served at level " + level + " only, which comes with the program.";
  }
}
