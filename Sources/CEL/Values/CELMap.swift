/// A map: made by an expression or given by the host, or a reference to an object of a document.
public struct CELMap: Sendable {
  enum Storage: Sendable {
    case table(CELTable)
    case reference(JSONReference)
    case fields(any CELFields)
  }

  let storage: Storage

  init(_ table: CELTable) { storage = .table(table) }
  init(_ reference: JSONReference) { storage = .reference(reference) }

  /// A map whose values the host finds when they are asked for.
  public init(_ fields: any CELFields) { storage = .fields(fields) }

  /// A map of the given members; of equal keys the last one wins.
  public init(_ members: [(String, CELValue)]) {
    self.init(members.map { (CELValue.string(CELString($0.0)), $0.1) })
  }

  /// The same with keys of any type that keys can have.
  public init(_ members: [(CELValue, CELValue)]) {
    let table = CELTable(members.map { (key: $0.0, value: $0.1) })
    storage = .table(table.hasDuplicates ? table.withoutDuplicates : table)
  }

  public var count: Int {
    switch storage {
    case .table(let table): table.members.count
    case .reference(let reference): reference.document.keyCount(of: reference.index)
    case .fields(let fields): fields.names.count
    }
  }

  /// The value of a field, if the map has it.
  public subscript(name: String) -> CELValue? {
    get throws(CELError) { try value(of: CELFieldKey(name)) }
  }

  @inline(__always)
  func value(of key: CELFieldKey) throws(CELError) -> CELValue? {
    switch storage {
    case .table(let table): return table.value(of: .string(key.text))
    case .reference(let reference):
      let document = reference.document
      let found = key.utf8.withUnsafeBufferPointer { document.find($0, in: reference.index) }
      guard let found else { return nil }
      return document.value(at: found)
    case .fields(let fields): return try fields.value(of: key.name)
    }
  }

  /// The value of a key of any type; numbers find keys that are numerically equal.
  func value(of key: CELValue) throws(CELError) -> CELValue? {
    switch storage {
    case .table(let table): return table.value(of: key)
    case .reference(let reference):
      guard case .string(let name) = key else { return nil }
      let document = reference.document
      let found = name.withUTF8 { document.find($0, in: reference.index) }
      guard let found else { return nil }
      return document.value(at: found)
    case .fields(let fields):
      guard case .string(let name) = key else { return nil }
      return try fields.value(of: name.description)
    }
  }

  /// The same as a part of an evaluation, which pays for the search.
  @inline(__always)
  func value(
    of key: CELFieldKey, _ evaluation: inout Evaluation
  ) throws(CELError) -> CELValue? {
    switch storage {
    case .reference(let reference):
      let document = reference.document
      try evaluation.spend(1 + document.searchCost(of: reference.index))
      let found = key.utf8.withUnsafeBufferPointer { document.find($0, in: reference.index) }
      guard let found else { return nil }
      return document.value(at: found)
    case .table(let table): return table.value(of: .string(key.text))
    case .fields(let fields): return try fields.value(of: key.name)
    }
  }

  func has(_ key: CELFieldKey) throws(CELError) -> Bool {
    switch try value(of: key) {
    case .some: true
    case .none: false
    }
  }

  /// The keys in their order.
  public var keys: [CELValue] {
    switch storage {
    case .table(let table): return table.members.map(\.key)
    case .reference(let reference):
      let document = reference.document
      return document.keys(of: reference.index).map { document.value(at: $0) }
    case .fields(let fields): return fields.names.map { .string(CELString($0)) }
    }
  }

  /// The keys with their values, in the order of the keys.
  public var members: [(key: CELValue, value: CELValue)] {
    get throws(CELError) {
      switch storage {
      case .table(let table): return table.members
      case .reference(let reference):
        let document = reference.document
        return document.keys(of: reference.index).map {
          (document.value(at: $0), document.value(at: $0 + 1))
        }
      case .fields(let fields):
        var members: [(key: CELValue, value: CELValue)] = []
        for name in fields.names {
          if let value = try fields.value(of: name) {
            members.append((.string(CELString(name)), value))
          }
        }
        return members
      }
    }
  }

  /// Roughly how many entries a search looks at, for the budget.
  var searchCost: Int {
    guard case .reference(let reference) = storage else { return 1 }
    return 1 + reference.document.searchCost(of: reference.index)
  }
}
