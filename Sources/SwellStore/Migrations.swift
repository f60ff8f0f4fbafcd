import SwellMigrations

/// All migrations in their order.
public enum Migrations {
  public static let all: [Migration] = {
    let files = Dictionary(
      EmbeddedMigrations.files.map { ($0.name, $0.text) }, uniquingKeysWith: { first, _ in first })
    return files.keys.filter { $0.hasSuffix(".up.sql") }.sorted().compactMap { name in
      let id = name.dropLast(".up.sql".count)
      guard let number = Int(id.prefix(4)), let up = files[name],
        let down = files[id + ".down.sql"]
      else { return nil }
      return Migration(number: number, name: String(id.dropFirst(5)), up: up, down: down)
    }
  }()

  /// The number that a worker of this version needs.
  public static var current: Int { all.last?.number ?? 0 }
}
