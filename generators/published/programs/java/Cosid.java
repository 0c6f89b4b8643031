import java.nio.file.Path;
import java.time.Duration;
import me.ahoo.cosid.machine.ClockBackwardsSynchronizer;
import me.ahoo.cosid.machine.DefaultMachineIdGuarder;
import me.ahoo.cosid.machine.InstanceId;
import me.ahoo.cosid.machine.LocalMachineStateStorage;
import me.ahoo.cosid.machine.MachineIdDistributor;
import me.ahoo.cosid.machine.ManualMachineIdDistributor;
import me.ahoo.cosid.snowflake.ClockSyncSnowflakeId;
import me.ahoo.cosid.snowflake.MillisecondSnowflakeId;
import me.ahoo.cosid.snowflake.SnowflakeId;
import me.ahoo.cosid.snowflake.exception.ClockBackwardsException;
import me.ahoo.cosid.snowflake.exception.ClockTooManyBackwardsException;

/**
 * cosid-core as its documentation puts it together: machine IDs by `ManualMachineIdDistributor` with
 * `LocalMachineStateStorage`, guarded by `DefaultMachineIdGuarder`, and `ClockSyncSnowflakeId`; all with their defaults.
 */
final class Cosid {
  private static final String NAMESPACE = "fleet";
  /** The default of cosid-spring-boot-starter. */
  private static final Duration SAFE = Duration.ofMinutes(5);

  public static void main(String[] arguments) throws Exception {
    int worker = Node.worker();
    LocalMachineStateStorage state = new LocalMachineStateStorage(Path.of(System.getenv("SNOWGLOBE_DISK"), "cosid").toString());
    MachineIdDistributor distributor = new ManualMachineIdDistributor(worker, state, ClockBackwardsSynchronizer.DEFAULT);
    InstanceId instance = InstanceId.of(System.getenv("SNOWGLOBE_NODE"), true);
    int machine = distributor.distribute(NAMESPACE, MillisecondSnowflakeId.DEFAULT_MACHINE_BIT, instance, SAFE).getMachineId();
    DefaultMachineIdGuarder guarder = new DefaultMachineIdGuarder(distributor, SAFE);
    guarder.register(NAMESPACE, instance);
    guarder.start();
    SnowflakeId ids = new ClockSyncSnowflakeId(new MillisecondSnowflakeId(machine));
    Node.serve(worker, () -> {
      try {
        return ids.generate();
      } catch (ClockBackwardsException | ClockTooManyBackwardsException refused) {
        throw new Node.Refusal("clock-backwards");
      }
    });
  }
}
