using NhiGrains.Domain;
using NhiGrains.Platforms;

namespace NhiGrains.Grains.Enforcement;

internal static class PlatformFaults
{
    /// <summary>A platform's failure, for whoever asked and waits for an answer.</summary>
    public static Refusal AsRefusal(this PlatformException fault, string remedy, string field) =>
        new("PLATFORM_" + fault.Error.ToString().ToUpperInvariant(), fault.Message, remedy, field);
}
