namespace NhiGrains.Host.Keeping;

/// <summary>What keepers do again and again.</summary>
internal static class Asking
{
    /// <summary>What went wrong, for the log; null when nothing did. A keeper asks again anyway.</summary>
    public static async Task<string?> FaultOfAsync(Func<Task> ask)
    {
        try
        {
            await ask();
            return null;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            return fault.Message;
        }
    }
}
