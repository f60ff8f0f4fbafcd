import SwellPostgres
import Synchronization

/// The types that the statements of one database have used, each looked up once.
final class SQLTypeBook: Sendable {
  private let shapes = Mutex(SQLShape.known)

  /// The shapes of types, in their order.
  func shapes(
    of types: [UInt32], in transaction: PostgresTransaction, within limit: Duration
  ) async throws(PostgresError) -> [SQLShape] {
    // A domain leads to its type, an array to that of its elements.
    var forms: [UInt32: PostgresType.Form] = [:]
    var missing = unknown(types)
    while !missing.isEmpty {
      let found = try await PostgresType.find(missing, in: transaction, within: limit)
      for type in missing { forms[type] = .plain }
      for type in found { forms[type.oid] = type.form }
      missing = unknown(
        found.compactMap { type in
          switch type.form {
          case .plain: nil
          case .domain(let base): base
          case .array(let element, _): element
          }
        }
      ).filter { forms[$0] == nil }
    }
    let learnt = forms
    return shapes.withLock { shapes in
      for type in learnt.keys where shapes[type] == nil {
        shapes[type] = Self.shape(of: type, learnt, shapes)
      }
      return types.map { shapes[$0] ?? .text }
    }
  }

  private func unknown(_ types: [UInt32]) -> [UInt32] {
    shapes.withLock { shapes in Set(types).filter { shapes[$0] == nil } }.sorted()
  }

  private static func shape(
    of type: UInt32, _ forms: [UInt32: PostgresType.Form], _ known: [UInt32: SQLShape]
  ) -> SQLShape {
    if let shape = known[type] { return shape }
    switch forms[type] {
    case .domain(let base): return shape(of: base, forms, known)
    case .array(let element, let delimiter):
      return .list(shape(of: element, forms, known), delimiter: delimiter)
    case .plain, nil: return .text
    }
  }
}
