using Microsoft.Extensions.Logging;

namespace NhiGrains.Storage.Embedded;

/// <summary>A log that Garnet may read.</summary>
/// <param name="Cover">Null when it is a copy that was made readable, to salvage the store.</param>
/// <param name="Loss">What was wrong with it; null when nothing was.</param>
internal sealed record CheckedLog(LogCover? Cover, StoreRefusedException? Loss)
{
    /// <summary>Up to where its bytes are known to be what was written.</summary>
    public long Sound => Cover?.Sum.Address ?? 0;

    /// <summary>Checks the log; or, with <see cref="NhiStoreOptions.Salvage"/>, mends the copy of it.</summary>
    /// <exception cref="StoreRefusedException">It is damaged, was cut off, or cannot be read.</exception>
    public static CheckedLog Open(string storeFolder, LedgerHead head, NhiStoreOptions options, ILoggerFactory loggers)
    {
        if (!options.Salvage)
            return new(Check(storeFolder, head), Loss: null);
        var logger = loggers.CreateLogger<CheckedLog>();
        var loss = LossOf(storeFolder, head);
        var sums = LogSums.Read(storeFolder);
        if (sums is null && loss is not null)
            logger.LogWarning("Where the log is damaged is not known: Garnet may end the process when it reads it");
        if (LogSalvage.Mend(storeFolder, sums) is var count and > 0)
            logger.LogWarning("{Count} bytes of the log are damaged and are left out; what is read may be older than it was", count);
        return new(Cover: null, loss);
    }

    private static LogCover Check(string storeFolder, LedgerHead head)
    {
        try
        {
            return LogCheck.Open(storeFolder, head);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new StoreRefusedException(
                StoreRefusal.StoreUnreadable, $"The store's log cannot be read: {fault.Message}", Verification.Restore, fault);
        }
    }

    private static StoreRefusedException? LossOf(string storeFolder, LedgerHead head)
    {
        try
        {
            Check(storeFolder, head).Dispose();
            return null;
        }
        catch (StoreRefusedException loss)
        {
            return loss;
        }
    }
}
