package io.millrace.app.cli;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Passwords that a person types, or that a program gives: never an argument. */
public final class Passwords {

  private Passwords() {}

  /**
   * Asks for a password where somebody types, or else reads the first line of standard input.
   *
   * @throws CommandException when there is none
   */
  @SuppressWarnings("SystemConsoleNull") // JDK 25 returns null again where nobody types
  public static String read() throws IOException {
    Console terminal = System.console();
    String password;
    if (terminal != null && terminal.isTerminal()) {
      char[] typed = terminal.readPassword("Password: ");
      password = typed == null ? "" : new String(typed);
    } else {
      password =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)).readLine();
    }
    if (password == null || password.isEmpty()) {
      throw CommandException.usage("there is no password: type it, or give it by standard input");
    }
    return password;
  }
}
