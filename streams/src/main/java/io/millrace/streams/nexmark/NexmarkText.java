package io.millrace.streams.nexmark;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Made-up text. Confined to one thread. */
final class NexmarkText {

  private static final String[] STATES = {"AZ", "CA", "ID", "OR", "WA", "WY"};
  private static final String[] CITIES = {
    "Phoenix",
    "Los Angeles",
    "San Francisco",
    "Boise",
    "Portland",
    "Bend",
    "Redmond",
    "Seattle",
    "Kent",
    "Cheyenne"
  };
  private static final String[] FIRST_NAMES = {
    "Peter", "Paul", "Luke", "John", "Saul", "Vicky", "Kate", "Julie", "Sarah", "Deiter", "Walter"
  };
  private static final String[] LAST_NAMES = {
    "Shultz", "Abrams", "Spencer", "White", "Bartels", "Walton", "Smith", "Jones", "Noris"
  };
  private static final String[] HOT_CHANNELS = {"Google", "Facebook", "Baidu", "Apple"};
  private static final int CHANNELS = 10_000;
  private static final int LONGEST = 1024;
  private static final int STORE = 1 << 18;

  private static final int LETTER_BITS = 5;
  private static final int LETTERS_PER_DRAW = 12;

  private final byte[] letters = new byte[LONGEST];

  /** Filling text is cut out of it: its making would outweigh what is measured. */
  private final byte[] store = new byte[STORE + LONGEST];

  private final @Nullable String[] channels = new String[CHANNELS];
  private final @Nullable String[] urls = new String[CHANNELS];
  private final String[] hotUrls = new String[HOT_CHANNELS.length];

  NexmarkText() {
    for (int i = 0; i < store.length; i += LONGEST) {
      String some = letters(Draws.mix(i), Math.min(LONGEST, store.length - i));
      System.arraycopy(some.getBytes(StandardCharsets.ISO_8859_1), 0, store, i, some.length());
    }
    for (int i = 0; i < hotUrls.length; i++) {
      hotUrls[i] = url(i);
    }
  }

  String state(long draw) {
    return STATES[below(draw, STATES.length)];
  }

  String city(long draw) {
    return CITIES[below(draw, CITIES.length)];
  }

  String name(long draw) {
    return FIRST_NAMES[below(draw, FIRST_NAMES.length)]
        + " "
        + LAST_NAMES[below(Draws.mix(draw), LAST_NAMES.length)];
  }

  String emailAddress(long draw) {
    return letters(draw, 7) + "@" + letters(Draws.mix(draw + 1), 5) + ".com";
  }

  String creditCard(long draw) {
    StringBuilder card = new StringBuilder(19);
    long left = draw;
    for (int group = 0; group < 4; group++) {
      if (group > 0) {
        card.append(' ');
      }
      String digits = Integer.toString(below(left, 10_000));
      card.append("0".repeat(4 - digits.length())).append(digits);
      left = Draws.mix(left);
    }
    return card.toString();
  }

  /** Half of the bids come by one of four channels, the others by one of 10,000. */
  String channel(long draw) {
    if ((draw & 1) == 0) {
      return HOT_CHANNELS[below(draw, HOT_CHANNELS.length)];
    }
    int number = below(draw, CHANNELS);
    String channel = channels[number];
    if (channel == null) {
      channel = "channel-" + number;
      channels[number] = channel;
    }
    return channel;
  }

  /** The address that the bid of a channel was made at, from the same draw. */
  String channelUrl(long draw) {
    if ((draw & 1) == 0) {
      return hotUrls[below(draw, HOT_CHANNELS.length)];
    }
    int number = below(draw, CHANNELS);
    String url = urls[number];
    if (url == null) {
      url = url(number) + "&channel_id=" + number;
      urls[number] = url;
    }
    return url;
  }

  private String url(int number) {
    long draw = Draws.mix(number);
    return "https://www.nexmark.com/"
        + letters(draw, 5)
        + "/"
        + letters(Draws.mix(draw), 5)
        + "/"
        + letters(Draws.mix(draw + 1), 5)
        + "/item.htm?query=1";
  }

  /** Text of a length that is within a fifth of the wanted one, cut out of a store of letters. */
  String around(long draw, int wanted) {
    int spread = wanted / 5;
    int length = wanted - spread + below(draw, 2 * spread + 1);
    int from = (int) draw & (STORE - 1);
    return new String(store, from, length, StandardCharsets.ISO_8859_1);
  }

  /** So many small letters, at most {@link #LONGEST}. */
  String letters(long draw, int length) {
    long left = draw;
    long next = draw;
    int drawn = 0;
    for (int i = 0; i < length; i++) {
      if (drawn == LETTERS_PER_DRAW) {
        next += Draws.STEP;
        left = Draws.mix(next);
        drawn = 0;
      }
      letters[i] = (byte) ('a' + (((left & 31) * 26) >>> LETTER_BITS));
      left >>>= LETTER_BITS;
      drawn++;
    }
    return new String(letters, 0, length, StandardCharsets.ISO_8859_1);
  }

  private static int below(long draw, int bound) {
    return (int) Draws.below(draw, bound);
  }
}
