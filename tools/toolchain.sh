# shellcheck shell=bash disable=SC2154
# Finds what Pinlian is built with: JDK 25, Maven, Node with npm, and for tests Chromium, OpenSSL and
# Python. Sourced by tools/pinlian and tools/check, which
# set `root`. Everything said here goes to standard error: standard output is the program's.

# The machine's default JDK may be another: so its `release` file is read, which costs nothing, where
# asking each `java -version` would cost a JVM's start for every launch.
is_jdk_25() {
  [[ -x $1/bin/java && -x $1/bin/javac && -r $1/release ]] &&
    grep -Eq '^JAVA_VERSION="25([^0-9]|$)' "$1/release"
}

# Sets jdk. A PINLIAN_JAVA_HOME that is wrong is an error and not passed over: whoever sets it means it.
find_jdk() {
  local candidate
  if [[ -n ${PINLIAN_JAVA_HOME:-} ]]; then
    is_jdk_25 "$PINLIAN_JAVA_HOME" || fail "PINLIAN_JAVA_HOME=$PINLIAN_JAVA_HOME is not a JDK 25."
    jdk=$(cd "$PINLIAN_JAVA_HOME" && pwd)
    return
  fi
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/* /opt/*jdk* "${HOME:-}"/.sdkman/candidates/java/* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home; do
    if [[ -n $candidate ]] && is_jdk_25 "$candidate"; then
      jdk=$(cd "$candidate" && pwd)
      return
    fi
  done
  fail "No JDK 25 found. Install one (package temurin-25-jdk or openjdk-25-jdk-headless)," \
    "or set PINLIAN_JAVA_HOME to its folder."
}

ensure_maven() {
  command -v mvn >/dev/null || install_packages "Maven (3.8.7 or newer)" maven
}

# Node builds and tests what runs in the browser.
ensure_node() {
  if ! command -v node >/dev/null; then
    install_packages "Node (18.19 or newer) with npm" nodejs npm
  elif ! command -v npm >/dev/null; then
    install_packages "npm" npm
  fi
  local version
  version=$(node --version)
  [[ $version =~ ^v([0-9]+)[.]([0-9]+) ]] || fail "node --version says $version."
  ((BASH_REMATCH[1] > 18 || (BASH_REMATCH[1] == 18 && BASH_REMATCH[2] >= 19))) ||
    fail "Node 18.19 or newer is needed, and this is $version."
}

# Only the tests need it. Its fonts have no Chinese ones with them.
ensure_chromium() {
  local path
  for path in "${PINLIAN_CHROMIUM:-}" /usr/bin/chromium{,-browser} /usr/bin/google-chrome; do
    [[ ! -x $path ]] || return 0
  done
  install_packages "Chromium with fonts for Chinese" chromium fonts-noto-cjk
}

# With these alone the tests check a dossier, as a stranger would.
ensure_openssl_and_python() {
  if ! command -v openssl >/dev/null || ! command -v python3 >/dev/null; then
    install_packages "OpenSSL (3.0 or newer) or Python (3.9 or newer)" openssl python3
  fi
}

# Installs packages where that is ours to do: as root on Debian. Anywhere else it only says what is
# missing. The caller holds the build lock, so two launches do not meet in apt-get.
install_packages() {
  local what=$1
  shift
  if [[ $EUID -ne 0 ]] || ! command -v apt-get >/dev/null; then
    fail "$what is missing. Install it (on Debian: $*)."
  fi
  say "Installing $what with apt-get..."
  local log=$root/target/apt.log
  if ! (apt-get update -q && DEBIAN_FRONTEND=noninteractive apt-get install -q -y \
    --no-install-recommends "$@") </dev/null >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    fail "apt-get could not install $*; the whole log is $log."
  fi
  hash -r
}

# Runs Maven on JDK 25 itself, whatever the default is: the formatter uses the compiler of Maven's JVM.
# Standard input stays the program's.
run_maven() (
  cd "$root" || exit
  export JAVA_HOME=$jdk
  exec mvn -B -Dstyle.color=never "$@" </dev/null
)

# One build at a time in this tree, whoever starts it. The lock goes with the descriptor, so it is freed
# however its holders end; Maven inherits it, so a killed launcher does not let a second build in.
lock_build() {
  mkdir -p "$root/target"
  exec {build_lock}>>"$root/target/build.lock"
  if command -v flock >/dev/null; then
    if ! flock -n "$build_lock"; then
      say "Waiting for another build of this tree..."
      flock "$build_lock"
    fi
  fi
}

unlock_build() {
  exec {build_lock}>&-
}

say() {
  printf '%s\n' "$*" >&2
}

fail() {
  say "${0##*/}: $*"
  exit 2
}
