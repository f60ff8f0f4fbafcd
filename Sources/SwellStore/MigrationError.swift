/// Why the schema cannot be brought to where it should be.
public enum MigrationError: Error, Sendable, Hashable, CustomStringConvertible {
  case newerSchema(String)
  case changed(String)
  case oldServer(Int32)
  case standby

  /// A stable code.
  public var code: String {
    switch self {
    case .newerSchema: "newer_schema"
    case .changed: "changed_migration"
    case .oldServer: "old_server"
    case .standby: "read_only_standby"
    }
  }

  public var description: String {
    switch self {
    case .newerSchema(let id):
      "the database has migration \(id), which this program does not know: use a newer swell [\(code)]"
    case .changed(let id):
      "migration \(id) was applied with another text: the database was made by another build of swell; restore the file or start from an empty database [\(code)]"
    case .oldServer(let version):
      "the server is PostgreSQL \(version / 10000), and Swell needs 15 or later [\(code)]"
    case .standby:
      "the server is a read-only standby: connect to the primary, for example with target_session_attrs=read-write [\(code)]"
    }
  }
}
