import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.opensearch.analysis.common.CommonAnalysisPlugin;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessPlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.transport.Netty4Plugin;

/** One OpenSearch node that listens on a loopback address only and ends when its standard input closes. */
public final class LocalNode extends Node {
  private LocalNode(Environment environment) {
    super(
        environment,
        List.<Class<? extends Plugin>>of(
            Netty4Plugin.class,
            CommonAnalysisPlugin.class,
            MapperExtrasPlugin.class,
            ReindexPlugin.class,
            PainlessPlugin.class),
        false);
  }

  /** Arguments: the data folder, the HTTP port, the transport port, the address. */
  public static void main(String[] arguments) throws Exception {
    Path home = Path.of(arguments[0]).toAbsolutePath();
    Files.createDirectories(home.resolve("config"));
    Settings settings =
        Settings.builder()
            .put("cluster.name", "stayopen-local")
            .put("node.name", "local")
            .put("path.home", home.toString())
            .put("network.host", arguments[3])
            .put("http.port", arguments[1])
            .put("transport.port", arguments[2])
            .put("http.type", "netty4")
            .put("transport.type", "netty4")
            .put("discovery.type", "single-node")
            .put("action.destructive_requires_name", true)
            // Memory maps need a kernel setting that a developer's machine may lack.
            .put("node.store.allow_mmap", false)
            // A full disk would make every index read-only.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    Node node =
        new LocalNode(InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> "local")).start();
    System.out.println("ready");
    untilInputEnds();
    node.close();
    System.exit(0);
  }

  /** Waits until the process that started this one ends, which closes the input. */
  private static void untilInputEnds() throws IOException {
    while (System.in.read() != -1) {
      // Only the end of the input matters.
    }
  }
}
