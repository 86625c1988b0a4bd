using Microsoft.Extensions.Diagnostics.HealthChecks;
using NhiGrains.Contracts.Audit;
using NhiGrains.Host.Policies;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Health;

/// <summary>
/// Ready: the shards run, what is loud is told, and a grain that needs the store answers. A policy file that was refused, or is an old one,
/// is Degraded, because the set in force goes on deciding.
/// </summary>
internal sealed class ReadyCheck(Readiness readiness, PolicyFileStatus policies, HostSettings settings, IGrainFactory grains, TimeProvider time) : IHealthCheck
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        if (settings.Salvage)
            return HealthCheckResult.Degraded("The store is open for reading only, to be salvaged; nothing is granted or revoked.");
        if (!readiness.ShardsRun)
            return HealthCheckResult.Unhealthy("The expiry shards do not run yet.");
        if (!readiness.SinksFollow)
            return HealthCheckResult.Unhealthy("The audit log is not followed for all sinks yet.");
        try
        {
            await grains.GetGrain<IAuditShardGrain>(0).Head().WaitAsync(Patience, time, cancellationToken);
        }
        catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
        {
            return HealthCheckResult.Unhealthy("The cluster does not answer.", fault);
        }

        return policies.Current switch
        {
            { Problems.Count: > 0 } => HealthCheckResult.Degraded("The policy file was refused; the set in force stays in force."),
            { NotApplied: not null } => HealthCheckResult.Degraded("The policy file says what was in force before, and was not put in force again; GET /policy/file says what can be done."),
            _ => HealthCheckResult.Healthy("Ready."),
        };
    }
}
