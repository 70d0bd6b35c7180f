package io.millrace.app.cli.record;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.millrace.app.cli.CommandException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;

/** The formats without a schema. */
enum PlainCodec implements RecordCodec {
  STRING {
    @Override
    public byte[] encode(byte[] written) {
      return written;
    }

    // What is no UTF-8 is shown by the character for that.
    @Override
    public byte[] show(byte[] stored) {
      return utf8(text(stored));
    }
  },
  BYTES {
    @Override
    public byte[] encode(byte[] written) {
      return written;
    }

    @Override
    public byte[] show(byte[] stored) {
      return stored;
    }
  },
  HEX {
    @Override
    public byte[] encode(byte[] written) {
      try {
        return HexFormat.of().parseHex(text(written).strip());
      } catch (IllegalArgumentException e) {
        throw CommandException.failed("\"" + text(written) + "\" is not hex");
      }
    }

    @Override
    public byte[] show(byte[] stored) {
      return utf8(HexFormat.of().formatHex(stored));
    }
  },
  BASE64 {
    @Override
    public byte[] encode(byte[] written) {
      try {
        return Base64.getDecoder().decode(text(written).strip());
      } catch (IllegalArgumentException e) {
        throw CommandException.failed("\"" + text(written) + "\" is not Base64");
      }
    }

    @Override
    public byte[] show(byte[] stored) {
      return Base64.getEncoder().encode(stored);
    }
  },
  JSON {
    @Override
    public byte[] encode(byte[] written) {
      try {
        return MAPPER.writeValueAsBytes(MAPPER.readTree(written));
      } catch (IOException e) {
        throw notJson(e);
      }
    }

    @Override
    public byte[] show(byte[] stored) {
      return encode(stored);
    }

    @Override
    public boolean isJson() {
      return true;
    }
  };

  private static final JsonMapper MAPPER =
      JsonMapper.builder().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

  @Override
  public boolean isJson() {
    return false;
  }

  static CommandException notJson(IOException e) {
    return CommandException.failed(
        "it is not JSON: "
            + (e instanceof JsonProcessingException json
                ? json.getOriginalMessage()
                : e.getMessage()));
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
