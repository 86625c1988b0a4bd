using System.Net;
using Orleans.Configuration;

namespace NhiGrains.Host.Composition;

internal static class SiloSetup
{
    // Stored data is found by these: they never change for an existing store.
    private const string Name = "nhigrains";

    /// <summary>
    /// One silo, reachable at the address and nowhere else. There is no gateway: the front end lives in the silo, and
    /// whoever reached a gateway would be inside the trust boundary.
    /// </summary>
    public static ISiloBuilder AddNhiSilo(this ISiloBuilder silo, IPEndPoint address)
    {
        silo.Configure<ClusterOptions>(options => (options.ServiceId, options.ClusterId) = (Name, Name));
        return silo.ConfigureEndpoints(address.Address, address.Port, gatewayPort: 0, listenOnAnyHostAddress: false);
    }
}
