// swift-tools-version: 6.0
import PackageDescription

let package = Package(
  name: "chargepi",
  targets: [
    .target(name: "ChargePiES"),
    .systemLibrary(
      name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
    .systemLibrary(name: "CLMDB", pkgConfig: "lmdb", providers: [.apt(["liblmdb-dev"])]),
    .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CWebSockets", pkgConfig: "libwebsockets", providers: [.apt(["libwebsockets-dev"])]),
    .systemLibrary(name: "CSystem"),
    .systemLibrary(name: "CGPIO", pkgConfig: "libgpiod", providers: [.apt(["libgpiod-dev"])]),
    .systemLibrary(name: "CLinuxBus"),
    .systemLibrary(name: "CWS281x"),
    .target(name: "Journal", dependencies: ["ChargePiES", "CLMDB", "CCrypto"]),
    .target(name: "Projections", dependencies: ["ChargePiES", "CJansson"]),
    .target(name: "Drivers", dependencies: ["CGPIO", "CLinuxBus", "CWS281x", "ChargePiES"]),
    .target(name: "Link", dependencies: ["CWebSockets"]),
    .executableTarget(
      name: "chargepi",
      dependencies: ["ChargePiES", "CSystem", "Drivers", "Journal", "Link", "Projections"]),
    .executableTarget(
      name: "chargepi-replay", dependencies: ["ChargePiES", "Journal", "Projections"]),
    .executableTarget(
      name: "chargepi-bench",
      dependencies: ["CLMDB", "ChargePiES", "Drivers", "Journal", "Projections"]),
    .target(
      name: "Simulation", dependencies: ["ChargePiES", "Journal", "Projections"],
      path: "Tests/Simulation"),
    .executableTarget(
      name: "chargepi-simulate", dependencies: ["Simulation"], path: "Tests/SimulationCommand"),
    .target(name: "TestSupport", dependencies: ["ChargePiES"], path: "Tests/Support"),
    .target(
      name: "Golden", dependencies: ["ChargePiES", "Journal", "Projections", "TestSupport"],
      path: "Tests/Golden", exclude: ["Journals", "README.md"]),
    .executableTarget(
      name: "chargepi-golden", dependencies: ["Golden"], path: "Tests/GoldenCommand"),
    .testTarget(name: "EventTests", dependencies: ["ChargePiES", "TestSupport"]),
    .testTarget(
      name: "ReplayTests",
      dependencies: ["ChargePiES", "Drivers", "Golden", "Journal", "Projections", "Simulation"]),
    .testTarget(name: "ProjectionTests", dependencies: ["ChargePiES", "Projections"]),
    .testTarget(name: "WireTests", dependencies: ["Projections"]),
    .testTarget(name: "DriverTests", dependencies: ["CWS281x", "ChargePiES", "Drivers"]),
    .testTarget(
      name: "JournalTests", dependencies: ["ChargePiES", "Journal", "JournalTestWorker"],
      exclude: ["Worker"]),
    .executableTarget(
      name: "boardsim", dependencies: ["Drivers"], path: "Tests/Hardware/boardsim"),
    .executableTarget(
      name: "JournalTestWorker", dependencies: ["CLMDB", "Journal"],
      path: "Tests/JournalTests/Worker"),
    .testTarget(name: "LinkTests", dependencies: ["CWebSockets", "Link"]),
    .testTarget(name: "LayoutTests"),
  ],
  swiftLanguageModes: [.v6]
)
