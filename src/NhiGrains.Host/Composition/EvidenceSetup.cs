using NhiGrains.Evidence;
using NhiGrains.Host.Settings;

namespace NhiGrains.Host.Composition;

internal static class EvidenceSetup
{
    /// <exception cref="SetupException">A trust is configured wrongly.</exception>
    public static void AddEvidence(this IServiceCollection services, HostSettings settings)
    {
        try
        {
            services.AddNhiEvidence(settings.Evidence);
        }
        catch (ArgumentException wrong)
        {
            // The message ends with the name of a parameter, which means nothing to whoever started the process.
            throw new SetupException(wrong.Message.Split(" (Parameter '")[0]);
        }
    }
}
