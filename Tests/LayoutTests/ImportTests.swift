import Testing

@Suite("who may import whom")
struct ImportTests {
  /// DESIGN §5: the core imports nothing, none of the three around it knows another. The standard
  /// library's own `Synchronization` is no dependency.
  static let allowed: [String: Set<String>] = [
    "ChargePiES": [],
    "Journal": ["ChargePiES", "CLMDB", "CCrypto", "Glibc", "Synchronization"],
    "Projections": ["ChargePiES", "CJansson", "Glibc", "Synchronization"],
    "Drivers": ["CGPIO", "CLinuxBus", "CWS281x", "ChargePiES", "Glibc", "Synchronization"],
    "Link": ["CWebSockets", "Glibc", "Synchronization"],
    "chargepi": [
      "ChargePiES", "CSystem", "Drivers", "Glibc", "Journal", "Link", "Projections",
      "Synchronization",
    ],
    "chargepi-replay": ["ChargePiES", "Glibc", "Journal", "Projections"],
    "chargepi-bench": ["ChargePiES", "CLMDB", "Drivers", "Glibc", "Journal", "Projections"],
  ]

  private var swiftTargets: [String] {
    SourceTree.targets.filter { !SourceTree.swift("Sources/" + $0).isEmpty }
  }

  @Test("the tree is where these tests look for it")
  func found() {
    #expect(swiftTargets.contains("ChargePiES"))
    #expect(SourceTree.swift("Sources/ChargePiES").count > 20)
    #expect(SourceTree.swift("Tests/LayoutTests").contains { $0.imports.contains("Testing") })
  }

  @Test("every target imports what the design allows, and nothing else")
  func imports() throws {
    var places: [String] = []
    for target in swiftTargets {
      let allowed = try #require(
        Self.allowed[target], "the target \(target) is new: say here what it may import")
      for file in SourceTree.swift("Sources/" + target) {
        for module in file.imports where !allowed.contains(module) {
          places.append("\(file.path) imports \(module)")
        }
      }
    }
    expectNone(places, "imports that the design does not allow")
  }

  @Test("nothing imports Foundation, in no form")
  func foundation() {
    let files = SourceTree.swift("Sources")
    let places = files.filter { $0.imports.contains { $0.hasPrefix("Foundation") } }.map(\.path)
    expectNone(places, "Foundation")
  }

  @Test("each C target is wrapped by one Swift target")
  func wrappers() {
    var users: [String: Set<String>] = [:]
    let wrapped = SourceTree.targets.filter { !swiftTargets.contains($0) }
    #expect(wrapped.contains("CLMDB"))
    // The bench measures the bare database beside the journal.
    for target in swiftTargets where target != "chargepi-bench" {
      for file in SourceTree.swift("Sources/" + target) {
        for module in file.imports where wrapped.contains(module) {
          users[module, default: []].insert(target)
        }
      }
    }
    for target in wrapped {
      #expect(users[target]?.count == 1, "\(target) is imported by \(users[target] ?? [])")
    }
  }

  @Test("only the daemon knows links; drivers are known to it and its bench, the reader never")
  func drivers() {
    var places: [String] = []
    for file in SourceTree.swift("Sources") where !file.path.hasPrefix("Sources/chargepi/") {
      let isBench = file.path.hasPrefix("Sources/chargepi-bench/")
      for module in file.imports where module == "Link" || module == "Drivers" && !isBench {
        places.append("\(file.path) imports \(module)")
      }
    }
    expectNone(places, "Drivers or Link outside the daemon")
  }

  @Test("a C target is a module map and headers, no more")
  func shims() {
    for target in SourceTree.targets where !swiftTargets.contains(target) {
      let files = SourceTree.files("Sources/" + target, endingIn: [""]).map(\.path)
      let others = files.filter { !$0.hasSuffix(".h") && !$0.hasSuffix("module.modulemap") }
      #expect(others.isEmpty)
    }
  }

  @Test("the package fetches nothing")
  func dependencies() throws {
    let package = try #require(SourceTree.read("Package.swift"))
    #expect(!package.contains(".package("))
    #expect(package.hasPrefix("// swift-tools-version: 6.0\n"))
  }
}
