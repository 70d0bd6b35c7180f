# Finds a JDK and puts its folder in JAVA_HOME; ends the script when there is none.
# To be sourced by a POSIX shell:  . "$root/build/find-jdk.sh"
#
# The first JDK of version 25 or newer wins, in this order:
#   $MILLRACE_JAVA_HOME, $JAVA_HOME, the java on PATH, /usr/lib/jvm/*, /opt/*, ~/.sdkman, ~/.jdks, macOS' own folder
# Set MILLRACE_JAVA_HOME to choose another one.

millrace_oldest_java=25

# Answers whether the folder holds a JDK that is new enough. Reads its release file, which costs no process.
millrace_is_jdk() {
  [ -n "$1" ] && [ -x "$1/bin/java" ] && [ -x "$1/bin/javac" ] && [ -r "$1/release" ] || return 1
  while IFS= read -r millrace_line; do
    case $millrace_line in
      JAVA_VERSION=*)
        millrace_version=${millrace_line#JAVA_VERSION=\"}
        millrace_version=${millrace_version%%[!0-9]*}
        [ "${millrace_version:-0}" -ge "$millrace_oldest_java" ]
        return
        ;;
    esac
  done < "$1/release"
  return 1
}

millrace_find_jdk() {
  if [ -n "${MILLRACE_JAVA_HOME-}" ]; then
    if millrace_is_jdk "$MILLRACE_JAVA_HOME"; then
      JAVA_HOME=$MILLRACE_JAVA_HOME
      return 0
    fi
    echo "MILLRACE_JAVA_HOME is $MILLRACE_JAVA_HOME, which is no JDK of version $millrace_oldest_java or newer." >&2
    return 1
  fi
  if millrace_is_jdk "${JAVA_HOME-}"; then
    return 0
  fi
  millrace_java=$(command -v java 2>/dev/null) || millrace_java=
  if [ -n "$millrace_java" ]; then
    millrace_java=$(readlink -f "$millrace_java" 2>/dev/null || echo "$millrace_java")
    if millrace_is_jdk "${millrace_java%/bin/java}"; then
      JAVA_HOME=${millrace_java%/bin/java}
      return 0
    fi
  fi
  for millrace_home in /usr/lib/jvm/* /opt/* "${HOME-}"/.sdkman/candidates/java/* "${HOME-}"/.jdks/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if millrace_is_jdk "$millrace_home"; then
      JAVA_HOME=$millrace_home
      return 0
    fi
  done
  echo "Millrace needs a JDK of version $millrace_oldest_java or newer and found none: install one" \
    "(for example Eclipse Temurin $millrace_oldest_java), or set MILLRACE_JAVA_HOME to the folder of one." >&2
  return 1
}

millrace_find_jdk || exit 1
export JAVA_HOME
