import Synchronization

/// A PostgreSQL of our own on a Unix socket, started from the installed server programs.
///
/// Several processes may use one directory: the first starts the server and owns it, the others
/// adopt it. The server survives a process that is killed; the next one to come adopts it and
/// becomes its owner.
public final class PrivateServer: Sendable {
  /// Where the cluster is: PostgreSQL's data directory.
  public let dataDirectory: String
  /// The folder of the Unix socket; the host of a connection.
  public let socketDirectory: String
  /// The port, which on a Unix socket is a part of the file's name.
  public let port: Int
  /// Whether the server ran already when this value was made.
  public let adopted: Bool

  let programs: ServerPrograms
  let place: ServerPlace
  let options: Options
  /// Held by the one who answers for the server; nil for an adopter beside a living owner.
  private let ownership: Mutex<DirectoryLock?>

  init(
    place: ServerPlace, programs: ServerPrograms, options: Options, process: ServerProcess,
    adopted: Bool, ownership: DirectoryLock?
  ) {
    self.place = place
    self.programs = programs
    self.options = options
    self.adopted = adopted
    self.dataDirectory = place.data
    self.socketDirectory = process.socketFolder
    self.port = process.port
    self.ownership = Mutex(ownership)
  }

  /// How a connection string names the database `swell` of this server.
  public var url: String { url(database: Self.database) }

  /// A connection URL for libpq, with everything percent-encoded that needs it.
  public func url(database: String) -> String {
    "postgresql:///\(Self.encode(database))?host=\(Self.encode(socketDirectory))&port=\(port)"
      + "&user=\(Self.superuser)"
  }

  /// The pid of the postmaster, or nil while the server is down.
  public var postmasterPID: Int32? { ServerProcess.running(on: dataDirectory)?.pid }

  /// Whether `stop` stops the server: true for who started it, and for who adopted it after its
  /// owner had died.
  public var ownsServer: Bool { ownership.withLock { $0 != nil } }

  /// The last lines of the server's own log.
  public func logTail(lines: Int = 20) -> String { place.logTail(lines: lines) }

  func giveUpOwnership() {
    ownership.withLock { $0 = nil }
  }

  static let database = "swell"
  static let superuser = "swell"

  private static func encode(_ text: String) -> String {
    let hex = Array("0123456789ABCDEF")
    return text.utf8.reduce(into: "") { result, byte in
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
        UInt8(ascii: "."):
        result.unicodeScalars.append(Unicode.Scalar(byte))
      default:
        result += "%" + String(hex[Int(byte >> 4)]) + String(hex[Int(byte & 15)])
      }
    }
  }

  /// How a server is told to stop.
  public enum Mode: String, Sendable, Hashable, CaseIterable {
    /// When every client has gone.
    case smart
    /// Now: clients are disconnected, the cluster is written out.
    case fast
    /// At once, as in a crash: the next start recovers.
    case immediate
  }

  /// What a private server is made of.
  public struct Options: Sendable, Hashable {
    /// Where the data lives, such as `.swell/postgres`. Made when it is missing.
    public var directory: String
    /// Settings for `postgresql.conf`, such as `fsync: off` for tests. They reach the server
    /// when it starts: a server that is adopted keeps its own.
    public var settings: [String: String]
    /// Whether the data stays when the server is stopped. When false, `stop` removes it.
    public var keep: Bool

    public init(directory: String, settings: [String: String] = [:], keep: Bool = true) {
      self.directory = directory
      self.settings = settings
      self.keep = keep
    }
  }
}
