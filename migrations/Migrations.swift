/// The SQL of every migration, embedded at build time: no files beside the binary.
public enum EmbeddedMigrations {
  /// The files by name, such as `0001_tables.up.sql`.
  public static let files: [(name: String, text: String)] = [
    ("0001_tables.up.sql", text(PackageResources._001_tables_up_sql)),
    ("0001_tables.down.sql", text(PackageResources._001_tables_down_sql)),
    ("0002_public_functions.up.sql", text(PackageResources._002_public_functions_up_sql)),
    ("0002_public_functions.down.sql", text(PackageResources._002_public_functions_down_sql)),
    ("0003_protocol_functions.up.sql", text(PackageResources._003_protocol_functions_up_sql)),
    ("0003_protocol_functions.down.sql", text(PackageResources._003_protocol_functions_down_sql)),
    ("0004_views.up.sql", text(PackageResources._004_views_up_sql)),
    ("0004_views.down.sql", text(PackageResources._004_views_down_sql)),
    ("0005_rights.up.sql", text(PackageResources._005_rights_up_sql)),
    ("0005_rights.down.sql", text(PackageResources._005_rights_down_sql)),
  ]

  private static func text(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self)
  }
}
